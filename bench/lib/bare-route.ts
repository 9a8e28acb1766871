// The ceiling of single commands: a bare Fastify route with the same validation and no work behind.
import { fastify } from 'fastify';
import { parseCommand } from '#libs/contracts';

const app = fastify({ logger: false });
let answered = 0;
app.get('/health/ready', () => ({ status: 'ready' }));
app.post('/v1/incidents', async (request, reply) => {
  const parsed = parseCommand('report', request.body);
  if (!parsed.ok) return reply.code(400).send({ code: 'invalid', issues: parsed.issues });
  answered += 1;
  return reply
    .code(201)
    .header('etag', '"1"')
    .send({
      incidentId: '00000000-0000-0000-0000-000000000000',
      version: 1,
      position: `0:${String(answered)}`,
      events: [{ id: 'x', type: 'incident.reported', version: 1 }],
      replayed: false,
    });
});
await app.listen({ host: '127.0.0.1', port: Number(process.argv[2]) });
process.on('SIGTERM', () => {
  void app.close();
});
