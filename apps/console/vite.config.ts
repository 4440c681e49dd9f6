import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Writes `.br` and `.gz` beside what compresses; the hub sends those as they are. */
function precompressed(): Plugin {
  return {
    name: 'precompressed',
    apply: 'build',
    generateBundle(_options, bundle) {
      for (const [fileName, file] of Object.entries(bundle)) {
        if (!/\.(?:js|css|svg)$/.test(fileName)) continue;
        const source = Buffer.from(file.type === 'chunk' ? file.code : file.source);
        const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
        this.emitFile({
          type: 'asset',
          fileName: `${fileName}.br`,
          source: brotliCompressSync(source, { params }),
        });
        this.emitFile({ type: 'asset', fileName: `${fileName}.gz`, source: gzipSync(source, { level: 9 }) });
      }
    },
  };
}

/** Libraries change less often than pages: in files of their own they stay in the browser's cache. */
const LIBRARIES = [
  { name: 'react', test: /node_modules[/\\](?:react|react-dom|scheduler)[/\\]/ },
  {
    name: 'mantine',
    test: /node_modules[/\\](?:@mantine|@floating-ui|react-remove-scroll|react-number-format)[/\\]/,
  },
  { name: 'tanstack', test: /node_modules[/\\]@tanstack[/\\]/ },
];

export default defineConfig({
  plugins: [react(), precompressed()],
  build: {
    target: ['chrome123', 'firefox120', 'safari17.5'],
    // The preload shim is an inline script in some browsers; the policy refuses those.
    modulePreload: { polyfill: false },
    // A data: URL would need its own word in the policy, and saves nothing over a cached file.
    assetsInlineLimit: 0,
    rolldownOptions: { output: { codeSplitting: { groups: LIBRARIES } } },
  },
  server: { proxy: { '/api': process.env['TRUNKLINE_URL'] ?? 'http://127.0.0.1:8080' } },
});
