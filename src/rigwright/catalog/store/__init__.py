"""The user's own database: imported parts and observed prices, in SQLite or PostgreSQL."""
