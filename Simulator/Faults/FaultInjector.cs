using System.Globalization;
using System.Text;
using Granary.Simulator.Access;
using Granary.Simulator.Contract;
using Granary.Simulator.Traffic;

namespace Granary.Simulator.Faults;

/// <summary>Lets a request meet the next fault of the plan.</summary>
internal sealed class FaultInjector(FaultPlan plan, ApiContract contract, TimeProvider time)
{
    private const string Page = "<html><head><title>Oops</title></head><body><h1>Internal error</h1><p>Please&nbsp;retry <b>later</b>.</p></body></html>";

    public Task InjectAsync(HttpContext context, RequestDelegate next)
    {
        var path = ContractCheck.RawPath(context);
        if (plan.Take(AccessCheck.Token(context.Request), path, contract.Find(context.Request.Method, path).Route?.Key) is not { } fault)
            return next(context);
        return fault.Kind switch
        {
            FaultKind.Slow => SlowAsync(context, next, fault),
            FaultKind.TooManyRequests => TooManyAsync(context, fault),
            FaultKind.ErrorPage => TextAsync(context, 500, "text/html", Page),
            FaultKind.Unavailable => UnavailableAsync(context, fault),
            FaultKind.HalfBody => HalfAsync(context),
            FaultKind.Redirect => RedirectAsync(context, fault),
            FaultKind.Oversize => OversizeAsync(context, fault),
            FaultKind.LoginPage => TextAsync(context, 200, "text/html", "<html><form action=\"/login\"></form></html>"),
            FaultKind.Status => TextAsync(context, fault.StatusCode, "application/json", fault.Body),
            _ => Drop(context),
        };
    }

    private static async Task SlowAsync(HttpContext context, RequestDelegate next, Fault fault)
    {
        // Real time on purpose: a test's clock stands still while its client waits for this.
        await Task.Delay(fault.Delay, context.RequestAborted);
        await next(context);
    }

    private Task TooManyAsync(HttpContext context, Fault fault)
    {
        if (fault.ResetIn is { } reset)
            RateLimiter.Write(context.Response, 10_000, 0, (time.GetUtcNow() + reset).ToUnixTimeSeconds());
        WriteRetryAfter(context, fault);
        return TextAsync(context, 429, "application/json", """{"errors":["Too many requests"]}""");
    }

    private static Task UnavailableAsync(HttpContext context, Fault fault)
    {
        WriteRetryAfter(context, fault);
        return TextAsync(context, 503, "text/plain", "Service Unavailable");
    }

    private static async Task HalfAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = 1000;
        await context.Response.WriteAsync("[{\"eventId\":\"ev-", context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        context.Abort();
    }

    private static Task RedirectAsync(HttpContext context, Fault fault)
    {
        context.Response.StatusCode = 302;
        context.Response.Headers.Location = fault.Location;
        return Task.CompletedTask;
    }

    private static async Task OversizeAsync(HttpContext context, Fault fault)
    {
        context.Response.ContentType = "application/json";
        var chunk = Encoding.UTF8.GetBytes(new string(' ', 64 * 1024));
        for (long sent = 0; sent < fault.Bytes; sent += chunk.Length)
            await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
        await context.Response.WriteAsync("[]", context.RequestAborted);
    }

    private static Task Drop(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    private static void WriteRetryAfter(HttpContext context, Fault fault)
    {
        if (fault.RetryAfter is { } seconds)
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
    }

    private static Task TextAsync(HttpContext context, int status, string type, string text)
    {
        context.Response.StatusCode = status;
        if (status == 204)
            return Task.CompletedTask;
        context.Response.ContentType = type;
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}
