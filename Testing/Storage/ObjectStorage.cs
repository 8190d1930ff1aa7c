using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Granary.Testing.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Granary.Testing.Storage;

/// <summary>
/// A bucket in this process, for machines without a server of S3's interface. It refuses what is not signed by Signature Version 4
/// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html), and a body that has not the checksum it was sent with.
/// </summary>
public sealed class ObjectStorage : IAsyncDisposable
{
    /// <summary>Its bucket.</summary>
    public const string Bucket = "vaults";

    /// <summary>The id of the key that may use it.</summary>
    public const string KeyId = "AKIATEST";

    /// <summary>That key.</summary>
    public const string Secret = "a secret of this test";

    private LoopbackServer _server = null!;

    private ObjectStorage()
    {
    }

    /// <summary>What is in the bucket.</summary>
    public ConcurrentDictionary<string, byte[]> Objects { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether it sends half of what it is asked for and then no more, until the client has gone.</summary>
    public bool StopsHalfway { get; set; }

    /// <summary>Its address, without a path.</summary>
    public string Address => _server.Address;

    /// <summary>Starts one.</summary>
    public static async Task<ObjectStorage> StartAsync()
    {
        var storage = new ObjectStorage();
        storage._server = await LoopbackServer.StartAsync(storage.AnswerAsync);
        return storage;
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        using var received = new MemoryStream();
        await request.Body.CopyToAsync(received);
        var body = received.ToArray();
        var path = request.Path.Value!.Split('/', 3);
        var raw = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var answer = (IsSigned(request, raw, body), request.Method, path[1]) switch
        {
            (false, _, _) => RefuseAsync(context, 403, "SignatureDoesNotMatch"),
            (_, _, not Bucket) => RefuseAsync(context, 404, "NoSuchBucket"),
            (_, "PUT", _) when request.Headers["x-amz-checksum-sha256"] != Convert.ToBase64String(SHA256.HashData(body)) => RefuseAsync(context, 400, "BadDigest"),
            (_, "PUT", _) => Done(context, () => Objects[path[2]] = body),
            (_, "DELETE", _) => Done(context, () => Objects.TryRemove(path[2], out _)),
            (_, "GET", _) when Objects.TryGetValue(path[2], out var found) => SendAsync(context, found),
            _ => RefuseAsync(context, 404, "NoSuchKey"),
        };
        await answer;
    }

    private async Task SendAsync(HttpContext context, byte[] found)
    {
        context.Response.ContentLength = found.Length;
        if (StopsHalfway)
        {
            await context.Response.Body.WriteAsync(found.AsMemory(0, found.Length / 2));
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        }
        await context.Response.Body.WriteAsync(found);
    }

    private static Task Done(HttpContext context, Action change)
    {
        change();
        context.Response.StatusCode = context.Request.Method == "DELETE" ? 204 : 200;
        return Task.CompletedTask;
    }

    private static Task RefuseAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/xml";
        return context.Response.WriteAsync($"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>no</Message></Error>");
    }

    private static bool IsSigned(HttpRequest request, string target, byte[] body)
    {
        // AWS4-HMAC-SHA256 Credential=ID/DATE/REGION/s3/aws4_request, SignedHeaders=a;b, Signature=hex
        var parts = request.Headers.Authorization.ToString().Split(' ', 2)[^1].Split(',', StringSplitOptions.TrimEntries)
            .Select(part => part.Split('=', 2)).Where(part => part.Length == 2).ToDictionary(part => part[0], part => part[1]);
        if (!parts.TryGetValue("Credential", out var credential) || !parts.TryGetValue("SignedHeaders", out var names) || !parts.TryGetValue("Signature", out var signature))
            return false;
        var scope = credential.Split('/', 2);
        var bodyHash = request.Headers["x-amz-content-sha256"].ToString();
        if (scope[0] != KeyId || bodyHash != Convert.ToHexStringLower(SHA256.HashData(body)))
            return false;
        var uri = target.Split('?', 2);
        var query = string.Join('&', (uri.Length > 1 ? uri[1].Split('&') : []).Order(StringComparer.Ordinal));
        var headers = string.Concat(names.Split(';').Select(name => string.Create(CultureInfo.InvariantCulture, $"{name}:{request.Headers[name].ToString().Trim()}\n")));
        var canonical = $"{request.Method}\n{uri[0]}\n{query}\n{headers}\n{names}\n{bodyHash}";
        var toSign = $"AWS4-HMAC-SHA256\n{request.Headers["x-amz-date"]}\n{scope[1]}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var key = scope[1].Split('/').Aggregate(Encoding.UTF8.GetBytes("AWS4" + Secret), (before, part) => HMACSHA256.HashData(before, Encoding.UTF8.GetBytes(part)));
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign))) == signature;
    }
}
