using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Granary.Bench.Floor;

/// <summary>
/// The least a .NET server can do for the same bytes: read the request's body, write a response that is ready. <c>/floor/…</c> does that;
/// <c>/scan/…</c> also walks over the request's JSON, as any server that knows what is asked must.
/// </summary>
internal static class FloorServer
{
    /// <summary>What it can be primed for; the names are parts of its paths.</summary>
    public static readonly string[] Names = ["modern", "legacy"];

    private static readonly ConcurrentDictionary<string, (string ContentType, byte[] Body)> Responses = new(StringComparer.Ordinal);

    public static async Task<int> RunAsync(int port, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, port));
        await using var app = builder.Build();
        app.MapGet("/health", () => "ok");
        // A collector that takes everything and keeps nothing.
        app.MapPost("/v1/traces", context => context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted));
        foreach (var name in Names)
        {
            app.MapPost($"/prime/{name}", context => PrimeAsync(context, name));
            app.MapPost($"/floor/{name}", context => AnswerAsync(context, name, scan: false));
            app.MapPost($"/scan/{name}", context => AnswerAsync(context, name, scan: true));
        }
        await app.StartAsync(cancellation);
        await app.WaitForShutdownAsync(cancellation);
        return 0;
    }

    private static async Task PrimeAsync(HttpContext context, string name)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        Responses[name] = (context.Request.ContentType!, body.ToArray());
    }

    private static async Task AnswerAsync(HttpContext context, string name, bool scan)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            if (read.IsCompleted)
            {
                if (scan)
                    Scan(new Utf8JsonReader(read.Buffer));
                reader.AdvanceTo(read.Buffer.End);
                break;
            }
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
        var (contentType, bytes) = Responses[name];
        context.Response.ContentType = contentType;
        context.Response.ContentLength = bytes.Length;
        await context.Response.BodyWriter.WriteAsync(bytes, context.RequestAborted);
    }

    private static void Scan(Utf8JsonReader json)
    {
        while (json.Read())
        {
        }
    }
}
