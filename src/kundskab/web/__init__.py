"""The pages: server-rendered, htmx for the live parts; data only through the desk."""
