"""What the server adds around Dash: routes, headers, the page's frame, gunicorn's configuration."""
