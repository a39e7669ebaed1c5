module uacookie/testdata/browsers

go 1.26.0
