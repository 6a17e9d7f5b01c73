"""What is known of chips beside their specification: process, libraries, the hosts they are in."""
