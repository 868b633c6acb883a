import { capture } from "../capture.ts";
import type { Peer } from "../peer.ts";

/** The file that Debian installs. */
const MODULE = "/usr/lib/nginx/modules/ngx_nchan_module.so";
/** Folders for large bodies, which nginx wants although none comes. */
const TEMPORARY = [
  "client_body",
  "proxy",
  "fastcgi",
  "uwsgi",
  "scgi",
] as const;

/**
 * One worker for each core, as nginx recommends. It keeps messages for clients that resume, as Chime does, in memory
 * that is large enough for all.
 */
function configuration(port: number, folder: string): string {
  const paths = TEMPORARY.map((name) =>
    `  ${name}_temp_path ${folder}/${name};`
  );
  return `load_module ${MODULE};
worker_processes auto;
worker_rlimit_nofile 20000;
daemon off;
pid ${folder}/pid;
error_log stderr warn;
events { worker_connections 20000; }
http {
  access_log off;
${paths.join("\n")}
  nchan_shared_memory_size 512M;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location ~ ^/sse/(\\w+)$ {
      nchan_pubsub;
      nchan_channel_id $1;
      nchan_message_buffer_length 10000;
      nchan_message_timeout 24h;
      nchan_subscriber_first_message newest;
      nchan_eventsource_ping_interval 15;
    }
  }
}
`;
}

/** nginx's module for pushing messages: https://nchan.io */
export const nchan: Peer = {
  name: "nchan",
  about: "nginx with nchan, a worker for each core, messages kept in memory",
  async version() {
    const nginx = await capture("nginx", "-v");
    const module = await capture(
      "dpkg-query",
      "--show",
      "--showformat=${Version}",
      "libnginx-mod-nchan",
    );
    return nginx && module &&
      `nchan ${module}, ${nginx.replace("nginx version: ", "")}`;
  },
  async command(port, folder) {
    const path = `${folder}/nginx.conf`;
    await Deno.writeTextFile(path, configuration(port, folder));
    return ["nginx", "-e", "stderr", "-c", path];
  },
  channels: { stream: "/sse/{c}", publish: "/sse/{c}", resumes: true },
};
