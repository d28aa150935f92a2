package main

import "context"

func storm(ctx context.Context, t *trial) error { return nil }
