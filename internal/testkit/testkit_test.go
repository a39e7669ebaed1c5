package testkit

import (
	"strings"
	"testing"
)

type vector struct {
	ID, Why string
	Want    int
}

// Each way in which a file of vectors could test nothing is an error.
func TestParse(t *testing.T) {
	for _, v := range []struct{ name, file, want string }{
		{"complete", `{"spec": "s", "tests": [{"id": "a", "why": "w", "want": 1}]}`, ""},
		{"empty", `{"spec": "s", "tests": []}`, "no vectors"},
		{"missing", `{"spec": "s"}`, "tests: "},
		{"without an id", `{"spec": "s", "tests": [{"why": "w"}]}`, "want an id"},
		{"with an id twice", `{"spec": "s", "tests": [{"id": "a", "why": "w"}, {"id": "a", "why": "w"}]}`, "want an id"},
		{"without a reason", `{"spec": "s", "tests": [{"id": "a"}]}`, "want a reason"},
		{"with an unknown field", `{"spec": "s", "tests": [{"id": "a", "why": "w", "wants": 1}]}`, "unknown field"},
		{"with an unknown field beside", `{"speck": "s", "tests": [{"id": "a", "why": "w"}]}`, "unknown field"},
	} {
		t.Run(v.name, func(t *testing.T) {
			vectors, head, err := parse[vector, struct{ Spec string }]([]byte(v.file))
			if v.want != "" {
				if err == nil || !strings.Contains(err.Error(), v.want) {
					t.Errorf("parse(%s) = %v, want an error with %q", v.file, err, v.want)
				}
				return
			}
			if err != nil || len(vectors) != 1 || vectors[0].Want != 1 || head.Spec != "s" {
				t.Errorf("parse(%s) = %v, %v, %v, want its one vector", v.file, vectors, head, err)
			}
		})
	}
}
