package main

import "context"

func unlist(ctx context.Context, t *trial) error { return nil }
