/* Long lists of controls: only what is near the window is there. What is far has its place, and nothing in it.

   lazily(scope, list, makers)     each maker(scope) gives an element when it comes near; it goes, with all it watches, when it is far again
*/
const NEAR = "600px";

export function lazily(scope, list, makers, height = 72) {
  const made = new Map(makers.map((make) => {
    const place = document.createElement("div");
    place.className = "place";
    place.style.minHeight = `${height}px`;
    list.append(place);
    return [place, { make, scope: null }];
  }));
  const watcher = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const entry = made.get(target);
      if (isIntersecting && !entry.scope) {
        entry.scope = scope.child();
        target.append(entry.make(entry.scope));
      } else if (!isIntersecting && entry.scope && !target.contains(document.activeElement)) {
        target.style.minHeight = `${target.offsetHeight}px`;
        entry.scope.close();
        entry.scope = null;
        target.replaceChildren();
      }
    }
  }, { root: document.getElementById("view"), rootMargin: NEAR });
  for (const place of made.keys()) watcher.observe(place);
  scope.add(() => watcher.disconnect());
}
