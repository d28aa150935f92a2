package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A comparison that stops at the first wrong byte tells, by its time, how much of a guess was
// right. Tokens, codes and keyed hashes are compared by crypto/subtle, hmac.Equal or seal only.

// secretNouns end the names of what must not be guessed piece by piece.
var secretNouns = []string{"token", "code", "mac", "hmac", "sum", "hash", "digest", "link", "secret", "signature", "password", "otp", "bearer"}

// hasty are functions which stop early, or whose answer depends on how much agrees.
var hasty = []string{"bytes.Equal", "bytes.Compare", "bytes.HasPrefix", "bytes.HasSuffix", "bytes.EqualFold", "bytes.Contains", "strings.Compare", "strings.EqualFold",
	"strings.HasPrefix", "strings.HasSuffix", "strings.Contains", "slices.Equal", "slices.Compare", "slices.Contains", "slices.Index", "cmp.Compare", "reflect.DeepEqual"}

// harmless are comparisons of secrets by name that tell nothing to anybody, with the reason.
var harmless = map[string]string{}

var camel = regexp.MustCompile(`[A-Z]?[a-z0-9]+|[A-Z]+`)

// secretName looks at the last word of a name: a CodeTries counts tries.
func secretName(name string) bool {
	words := camel.FindAllString(name, -1)
	if len(words) == 0 {
		return false
	}
	last := strings.ToLower(words[len(words)-1])
	return slices.Contains(secretNouns, last) || slices.Contains(secretNouns, strings.TrimSuffix(last, "s"))
}

// secret says whether an expression gives a secret, as far as names tell.
func secret(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return secretName(e.Name)
	case *ast.SelectorExpr:
		return secretName(e.Sel.Name)
	case *ast.ParenExpr:
		return secret(e.X)
	case *ast.StarExpr:
		return secret(e.X)
	case *ast.SliceExpr:
		return secret(e.X)
	case *ast.IndexExpr:
		return secret(e.X)
	case *ast.CallExpr:
		return secret(e.Fun) || slices.ContainsFunc(e.Args, func(a ast.Expr) bool { return secretLiteral(a) || reshapes(e.Fun) && secret(a) })
	}
	return false
}

// reshapes says whether a function gives its argument in another shape: conversions and trimming.
func reshapes(fun ast.Expr) bool {
	name := types.ExprString(fun)
	return name == "string" || name == "[]byte" || strings.HasSuffix(name, "String") ||
		(strings.HasPrefix(name, "strings.") || strings.HasPrefix(name, "bytes.")) && !slices.Contains(hasty, name)
}

// secretLiteral is the name under which a secret is asked for: c.PostForm("code").
func secretLiteral(e ast.Expr) bool {
	lit, ok := e.(*ast.BasicLit)
	return ok && lit.Kind == token.STRING && secretName(strings.Trim(lit.Value, "`\""))
}

// plainValue is a value that stands in the source: comparing with it gives nothing away.
func plainValue(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return true
	case *ast.Ident:
		return e.Name == "nil"
	}
	return false
}

// betrays lists the comparisons of a file that stop early although a secret is compared.
func betrays(f *ast.File) (list []string) {
	add := func(e ast.Expr, operands ...ast.Expr) {
		text := types.ExprString(e)
		if _, ok := harmless[text]; !ok && slices.ContainsFunc(operands, secret) && !slices.ContainsFunc(operands, plainValue) {
			list = append(list, text)
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if slices.Contains([]token.Token{token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ}, n.Op) {
				add(n, n.X, n.Y)
			}
		case *ast.CallExpr:
			if slices.Contains(hasty, types.ExprString(n.Fun)) {
				add(n, n.Args...)
			}
		case *ast.SwitchStmt:
			if n.Tag != nil {
				for _, c := range n.Body.List {
					for _, e := range c.(*ast.CaseClause).List {
						add(e, n.Tag, e)
					}
				}
			}
		}
		return true
	})
	return list
}

func TestSecretsAreComparedInConstantTime(t *testing.T) {
	files := 0
	for _, pkg := range []string{"booking", "seal", "web", "web/*"} {
		names, err := filepath.Glob(filepath.Join(pkg, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			files++
			for _, text := range betrays(f) {
				t.Errorf("%s: %s tells by its time how much of a secret is right: use crypto/subtle, hmac.Equal or seal", name, text)
			}
		}
	}
	if files < 40 {
		t.Errorf("only %d files were read", files)
	}
}

func TestTheLookForHastyComparisonsHasTeeth(t *testing.T) {
	for text, bad := range map[string]bool{
		`token == want`:                                 true,
		`want != r.Token`:                               true,
		`s.Code(id) == got`:                             true,
		`string(mac) == string(other)`:                  true,
		`c.PostForm("code") == want`:                    true,
		`strings.TrimSpace(token) == want`:              true,
		`bytes.Equal(mac, want)`:                        true,
		`bytes.Equal(sum, got)`:                         true,
		`bytes.Equal(s.Box.Sum("a", id), got)`:          true,
		`strings.HasPrefix(linkToken, got)`:             true,
		`slices.Contains(tokens, got)`:                  true,
		`strings.EqualFold(got, manageToken)`:           true,
		`token[:8] == got`:                              true,
		`*code == got`:                                  true,
		`token < got`:                                   true,
		`token == ""`:                                   false,
		`token != nil`:                                  false,
		`len(token) == n`:                               false,
		`b.CodeTries >= CodeTries`:                      false,
		`t.Postcode == f.Postcode`:                      false,
		`subtle.ConstantTimeCompare(mac, sum) == equal`: false,
		`hmac.Equal(mac, sum) == true`:                  false,
		`name == other`:                                 false,
	} {
		f, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\nvar _ = "+text, 0)
		if err != nil {
			t.Fatal(err)
		}
		if found := len(betrays(f)) > 0; found != bad {
			t.Errorf("%s: found %v, want %v", text, found, bad)
		}
	}
	f, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\nfunc f() { switch token { case want: } }", 0)
	if err != nil || len(betrays(f)) != 1 {
		t.Errorf("a switch over a token is not seen: %v", err)
	}
}
