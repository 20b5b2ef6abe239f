"""Old and famous trees: what a plug-in of Lantu looks like."""
