// Subscribes with one library, and prints what it hears: node main.mjs <library> <url> [bare]
const [library, url, bare] = process.argv.slice(2);
const { subscribe } = await import(`./${library}.mjs`);
await subscribe(url, { isBare: bare === "bare" });
