"""The web application: pages and an API over the use cases of ``plan``; an extra (``web``)."""
