// An OSC client from the npm registry as a tablet: `node tablet.js HOST PORT udp|tcp`. Lines of JSON in are messages to send; what comes is printed so.
const osc = require("osc");
const [host, port, way] = [process.argv[2], Number(process.argv[3]), process.argv[4]];
const options = way === "tcp" ? { address: host, port } : { localAddress: "127.0.0.1", localPort: 0, remoteAddress: host, remotePort: port, metadata: true };
const tablet = way === "tcp" ? new osc.TCPSocketPort({ ...options, metadata: true }) : new osc.UDPPort(options);
const say = (message) => console.log(JSON.stringify({ address: message.address, args: message.args }));
tablet.on("message", say);
tablet.on("error", (error) => console.error(String(error)));
tablet.on("ready", () => {
  console.log(JSON.stringify({ ready: true }));
  require("readline").createInterface({ input: process.stdin }).on("line", (line) => tablet.send(JSON.parse(line))).on("close", () => process.exit(0));
});
if (way === "tcp") tablet.open(host, port); else tablet.open();
