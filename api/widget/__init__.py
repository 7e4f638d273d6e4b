"""The chat widget that customers put on their websites: its script, made of source/, and a page to try it on."""
