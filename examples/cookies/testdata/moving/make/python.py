# Writes lwp.txt and mozilla.txt into the folder sys.argv[1]: python3 python.py ..
import email.message, http.cookiejar, sys, urllib.request


class Response:
    def __init__(self, lines):
        self.message = email.message.Message()
        for line in lines:
            self.message["Set-Cookie"] = line

    def info(self):
        return self.message


lines = [
    "sid=s1; Path=/; Secure; HttpOnly",
    "theme=dark; Domain=example.com; Path=/; Expires=Fri, 01 Jan 2100 00:00:00 GMT",
    'cart={"items":[1]}; Path=/cart; Expires=Fri, 01 Jan 2100 00:00:00 GMT',
]
for jar, name in (http.cookiejar.LWPCookieJar(), "lwp.txt"), (http.cookiejar.MozillaCookieJar(), "mozilla.txt"):
    jar.extract_cookies(Response(lines), urllib.request.Request("https://www.example.com/cart/"))
    jar.save(sys.argv[1] + "/" + name, ignore_discard=True)
