import { haproxy } from "./haproxy.ts";
import { testProxy } from "./test_proxy.ts";

await testProxy(haproxy);
