/* The page's shell, kept for the moments when the engine is away: the page opens, says so, and waits. Values are never kept.

   The engine's own files come first, whenever it answers; browsers allow this on localhost and over https only.
*/
const KEPT = "shell";
const PATIENCE = 2500;      // ms before the kept file is shown instead

const isShell = (url) => url.origin === location.origin && (url.pathname === "/" || url.pathname.startsWith("/-/page/"));

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method === "GET" && isShell(url)) event.respondWith(answer(event.request, url));
});

async function answer(request, url) {
  const cache = await caches.open(KEPT);
  const fresh = fetch(request).then((response) => {
    if (response.ok) cache.put(url.pathname, response.clone());
    return response;
  });
  const kept = await cache.match(url.pathname);
  if (!kept) return fresh;
  fresh.catch(() => null);
  return Promise.race([fresh.catch(() => kept), new Promise((late) => setTimeout(() => late(kept), PATIENCE))]);
}
