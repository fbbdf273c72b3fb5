/**
 * Named command lines. In: a template and values for its variables, a point in time, or a webhook.
 * Out: a start; and a webhook to others when its run has ended. Values become parts of words, never
 * words.
 */
package org.jetfanout.service.templates;
