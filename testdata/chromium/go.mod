module uacookie/testdata/chromium

go 1.26.0
