// Small helpers for pages; every page works without them.
