"""Paper on screen: the page preview and the periods of reports."""
