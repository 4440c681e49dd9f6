import type { Socket } from 'node:net';
import type { Fault } from '@trunkline/messaging';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { Problem, problemDetails, sendProblem } from './problem.ts';

/** Turns whatever a route threw into a problem. What we did not foresee is logged whole and answered without its words. */
export function errorHandler(bodyLimit: number) {
  return (error: FastifyError | Problem, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    if (error instanceof Problem) return sendProblem(reply, error);
    const foreseen = fromFastify(error, bodyLimit);
    if (foreseen !== undefined) return sendProblem(reply, foreseen);
    request.log.error({ err: error, method: request.method, url: request.url }, 'request failed');
    return sendProblem(
      reply,
      new Problem(
        'internal',
        'The hub failed on this request; nothing is known to be wrong with it. Its log has the cause under the same time.',
      ),
    );
  };
}

function fromFastify(error: FastifyError, bodyLimit: number): Problem | undefined {
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new Problem(
        'payload_too_large',
        `The body is over the limit of ${bodyLimit} bytes. Split the document, or raise gateway.bodyLimit.`,
      );
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new Problem('media_type_unsupported', 'Send the body as application/json.');
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new Problem('body_malformed', `The body is not JSON: ${error.message}`);
    case 'FST_ERR_VALIDATION':
      return new Problem(
        'parameters_invalid',
        `The ${error.validationContext ?? 'request'} does not fit the contract at /openapi.json.`,
        validationFaults(error),
      );
    default:
      return error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500
        ? new Problem('request_malformed', error.message)
        : undefined;
  }
}

function validationFaults(error: FastifyError): readonly Fault[] {
  return (error.validation ?? []).map(({ instancePath, keyword, message, params }) => {
    const missing = keyword === 'required' ? `/${String(params['missingProperty'])}` : '';
    return {
      code: 'payload_invalid',
      path: `${instancePath}${missing}`,
      message: message ?? `fails ${keyword}`,
    };
  });
}

/** Answers what is not HTTP at all, before there is a request to speak of. */
export function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify(
    problemDetails(
      new Problem(
        'request_malformed',
        'This is not a well-formed HTTP/1.1 request, or its headers are too large.',
      ),
    ),
  );
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
