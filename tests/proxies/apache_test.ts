import { apache } from "./apache.ts";
import { testProxy } from "./test_proxy.ts";

await testProxy(apache);
