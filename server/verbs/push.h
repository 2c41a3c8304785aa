/* A push as a job of the writer, and its results as an answer: for push itself, and for those that
 * another hands on. */
#pragma once

#include "batch.h"
#include "request.h"

/* The writer's job for a push, as request->actor's; all in the request's arena. NULL when it is at
 * its limit. */
struct batch_job *push_job(struct request *request, const Concert__Push *push);

/* What the job led to, in the request's arena; it borrows from the results. NULL when the arena is
 * at its limit. */
Concert__PushAnswer *push_answer(struct request *request, const struct batch_job *job);
