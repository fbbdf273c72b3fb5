/**
 * Named command lines. In: a template and values for its variables, a point in time, or a webhook.
 * Out: a start.
 */
package org.jetfanout.service.templates;
