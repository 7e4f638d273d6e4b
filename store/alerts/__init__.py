"""Alerts: thresholds on what a workspace's runs come to, and the episodes in which they were passed."""
