// node rudder.js URL KEY VISITS: what a shop's server does with @rudderstack/rudder-sdk-node.
const loaded = require('@rudderstack/rudder-sdk-node')
const RudderAnalytics = loaded.default || loaded

const [url, key, visits] = process.argv.slice(2)
const failed = (error) => { console.error(error.message || error); process.exitCode = 1 }
const analytics = new RudderAnalytics(key, { dataPlaneUrl: url, flushAt: 10, flushInterval: 200, errorHandler: failed })

const userId = 'ann'
analytics.identify({ userId, traits: { email: 'ann@example.com' } })
analytics.page({ userId, name: 'Tents', properties: { path: '/tents' } })
analytics.screen({ userId, name: 'Cart' })
analytics.group({ userId, groupId: 'acme', traits: { plan: 'pro' } })
analytics.alias({ userId, previousId: 'a1' })
analytics.track({ userId, event: 'order completed', properties: { order_id: 'o1', total: 399, currency: 'SEK' } })
for (let number = 0; number < Number(visits); number++) {
  analytics.track({ userId, event: 'visit', properties: { product_id: `p${number}` } })
}
const everything = async () => {
  // flush() sends one batch; the client keeps the rest for its timer, so ask until nothing is left.
  while (analytics.queue.length > 0) await analytics.flush()
}
everything().catch(failed)
