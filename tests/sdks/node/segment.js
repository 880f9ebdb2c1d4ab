// node segment.js URL KEY VISITS: what a shop's server does with @segment/analytics-node.
const { Analytics } = require('@segment/analytics-node')

const [url, writeKey, visits] = process.argv.slice(2)
const analytics = new Analytics({ writeKey, host: url, flushAt: 10, flushInterval: 200, maxRetries: 10 })
analytics.on('error', (error) => { console.error(error); process.exitCode = 1 })

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
analytics.closeAndFlush({ timeout: 60000 })
