// The small build of hls.js (no subtitles, no DRM) brings no types of its own: they are those of the whole.
declare module 'hls.js/light' {
  export { default } from 'hls.js';
  export * from 'hls.js';
}
