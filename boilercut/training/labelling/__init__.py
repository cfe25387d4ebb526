"""Label many pages in a browser: a queue of pages, a file of labels, and a server for one person on this machine."""
