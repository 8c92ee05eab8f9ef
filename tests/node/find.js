// An OSCQuery client from the npm registry: finds the piece by mDNS, reads its tree, prints what it found as one line of JSON, and leaves.
const { OSCQueryDiscovery } = require("oscquery");
const wanted = process.argv[2];
const discovery = new OSCQueryDiscovery();
discovery.on("up", (service) => {
  if (service.hostInfo.name !== wanted) return;
  const methods = service.flat().map((method) => ({ path: method.full_path, about: method.description, access: method.access, arguments: method.arguments }));
  console.log(JSON.stringify({ address: service.address, port: service.port, host: service.hostInfo, methods }));
  discovery.stop();
  process.exit(0);
});
discovery.start();
