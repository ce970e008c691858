"""What a client tells of its work: OpenTelemetry's spans and metrics, or nothing."""
