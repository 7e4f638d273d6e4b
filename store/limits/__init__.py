"""What a plan includes: which allowance a plan has, and what a workspace has used of its month."""
