"""Files that the sandbox makes when they are asked for: pictures, videos and speech."""
