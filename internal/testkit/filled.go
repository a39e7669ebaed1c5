package testkit

import (
	"fmt"
	"reflect"
	"time"
)

// Filled returns a struct T whose fields all differ from their zero value. A test that writes
// it to a file and reads it back sees which field was forgotten. Texts are the names of their fields,
// numbers and flags 1 and true, times different days of 2026. It panics if a field has a
// kind that it does not know.
func Filled[T any]() T {
	var v T
	days := 0
	fill(reflect.ValueOf(&v).Elem(), "", &days)
	return v
}

func fill(v reflect.Value, name string, days *int) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		*days++
		v.Set(reflect.ValueOf(time.Date(2026, 1, *days, 0, 0, 0, 0, time.UTC)))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), v.Type().Field(i).Name, days)
		}
	case reflect.String:
		v.SetString(name)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(1)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(1)
	default:
		panic(fmt.Sprintf("testkit.Filled: field %s is a %s", name, v.Type()))
	}
}
