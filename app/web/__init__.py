"""The three HTTP surfaces. Views read a request, call one use case and answer; none decides."""
