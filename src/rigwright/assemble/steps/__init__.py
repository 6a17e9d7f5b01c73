"""The ordered steps of putting a machine together."""
