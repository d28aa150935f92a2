package private

// WithoutNamespaces makes the launcher believe that user namespaces are forbidden.
func WithoutNamespaces() (restore func()) {
	probe = "/bin/false"
	return func() { probe = "/bin/true" }
}

// WithServersIn makes the launcher look for servers in dir.
func WithServersIn(dir string) (restore func()) {
	old := installed
	installed = dir
	return func() { installed = old }
}
