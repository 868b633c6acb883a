import { caddy } from "./caddy.ts";
import { testProxy } from "./test_proxy.ts";

await testProxy(caddy);
