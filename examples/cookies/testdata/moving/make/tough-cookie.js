// Writes tough-cookie.json: npm install tough-cookie@6.1.0 && node tough-cookie.js >../tough-cookie.json
const { CookieJar } = require("tough-cookie");

const jar = new CookieJar(undefined, { looseMode: true });
for (const line of [
  "sid=s1; Path=/; Secure; HttpOnly; SameSite=Lax",
  "theme=dark; Domain=example.com; Path=/; Expires=Fri, 01 Jan 2100 00:00:00 GMT",
  'cart={"items":[1]}; Path=/cart; Expires=Fri, 01 Jan 2100 00:00:00 GMT',
  "token",
])
  jar.setCookieSync(line, "https://www.example.com/cart/");
console.log(JSON.stringify(jar.toJSON()));
