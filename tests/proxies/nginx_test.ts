import { nginx } from "./nginx.ts";
import { testProxy } from "./test_proxy.ts";

await testProxy(nginx);
