"""People who sign in: staff now, readers later."""
