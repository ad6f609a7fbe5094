// Whether the browser has a network: phones on a site lose it often.

export const network = $state({ isOnline: navigator.onLine });

addEventListener('online', () => (network.isOnline = true));
addEventListener('offline', () => (network.isOnline = false));
