using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Granary.Testing;

/// <summary>
/// A Rekor log, version 1, on loopback: it takes entries as Rekor's openapi.yaml and its type hashedrekord say, and answers with a signed entry timestamp and an inclusion proof.
/// Nothing of it is the verifier's.
/// </summary>
public sealed class TestRekor : IAsyncDisposable
{
    private const string Path = "/api/v1/log/entries";
    private const string TreeId = "24296fb24b8ad77a";

    /// <summary>Entries of trees before this one, which indexes of the log count and indexes of the tree do not.</summary>
    private const long Before = 4_163_431;

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly List<byte[]> _bodies = [.. Enumerable.Range(0, 5).Select(i => Encoding.ASCII.GetBytes($"entry {i}"))];
    private readonly TimeProvider _time;
    private readonly WebApplication _app;

    private TestRekor(TimeProvider time)
    {
        _time = time;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(context => Instead is { } other ? other(context) : AnswerAsync(context));
    }

    public Uri Address => new(_app.Urls.First());

    /// <summary>The log's public key.</summary>
    public string PublicKey => _key.ExportSubjectPublicKeyInfoPem();

    /// <summary>How many entries the tree has.</summary>
    public int Count => _bodies.Count;

    /// <summary>What it answers with instead, as long as there is something.</summary>
    public Func<HttpContext, Task>? Instead { get; set; }

    /// <summary>What is done to an entry before it goes out.</summary>
    public Action<JsonObject>? Change { get; set; }

    public static async Task<TestRekor> StartAsync(TimeProvider? time = null)
    {
        var log = new TestRekor(time ?? TimeProvider.System);
        await log._app.StartAsync();
        return log;
    }

    /// <summary>Takes an entry, whose body is what Rekor makes of what was sent; the status, the entry's id, and what is answered.</summary>
    public (int Status, string Id, byte[] Answer) Take(ReadOnlySpan<byte> proposed)
    {
        var entry = JsonNode.Parse(proposed)!;
        var (hash, signature) = (entry["spec"]!["data"]!["hash"]!, entry["spec"]!["signature"]!);
        using var key = ECDsa.Create();
        key.ImportFromPem(Encoding.ASCII.GetString(Convert.FromBase64String((string)signature["publicKey"]!["content"]!)));
        var digest = Convert.FromHexString((string)hash["value"]!);
        if ((string)entry["kind"]! != "hashedrekord" || (string)entry["apiVersion"]! != "0.0.1" || (string)hash["algorithm"]! != "sha256"
            || !key.VerifyHash(digest, Convert.FromBase64String((string)signature["content"]!), DSASignatureFormat.Rfc3279DerSequence))
            return (400, "", []);
        var pem = Convert.ToBase64String(Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem() + "\n"));
        var spec = new JsonObject
        {
            ["data"] = new JsonObject { ["hash"] = new JsonObject { ["algorithm"] = "sha256", ["value"] = (string)hash["value"]! } },
            ["signature"] = new JsonObject { ["content"] = (string)signature["content"]!, ["publicKey"] = new JsonObject { ["content"] = pem } },
        };
        // Canonical: the members are in their order, and Base64's plus is itself.
        var body = Encoding.UTF8.GetBytes(new JsonObject { ["apiVersion"] = "0.0.1", ["kind"] = "hashedrekord", ["spec"] = spec }.ToJsonString(Plain));
        if (_bodies.FindIndex(known => known.AsSpan().SequenceEqual(body)) is var at and >= 0)
            return (409, IdOf(at), []);
        _bodies.Add(body);
        return (201, IdOf(_bodies.Count - 1), Answer(_bodies.Count - 1));
    }

    /// <summary>Signs as the log.</summary>
    public byte[] Sign(string text) => _key.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    /// <summary>A checkpoint that the log has signed.</summary>
    public string Checkpoint(long size, byte[] root)
    {
        var text = $"rekor.test - 2605736670972794746\n{size}\n{Convert.ToBase64String(root)}\nTimestamp: 1679349379012118479\n";
        return $"{text}\n\u2014 rekor.test {Convert.ToBase64String([.. LogId[..4], .. Sign(text)])}\n";
    }

    /// <summary>The root of the tree of the first entries.</summary>
    public byte[] Root(int count) => SlowTree.Root(_bodies[..count]);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _key.Dispose();
    }

    private byte[] LogId => SHA256.HashData(_key.ExportSubjectPublicKeyInfo());

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (context.Request.Method == "GET")
        {
            var at = Enumerable.Range(0, _bodies.Count).FirstOrDefault(i => path == $"{Path}/{IdOf(i)}", -1);
            context.Response.StatusCode = at < 0 ? 404 : 200;
            if (at >= 0)
                await context.Response.Body.WriteAsync(Answer(at));
            return;
        }
        using var proposed = new MemoryStream();
        await context.Request.Body.CopyToAsync(proposed);
        var (status, id, answer) = path == Path ? Take(proposed.ToArray()) : (404, "", []);
        context.Response.StatusCode = status;
        context.Response.Headers.Location = $"{Path}/{id}";
        await context.Response.Body.WriteAsync(answer);
    }

    private byte[] Answer(int index)
    {
        var body = Convert.ToBase64String(_bodies[index]);
        var (time, root) = (_time.GetUtcNow().ToUnixTimeSeconds(), Root(_bodies.Count));
        var logId = Convert.ToHexStringLower(LogId);
        var promised = $$"""{"body":"{{body}}","integratedTime":{{time}},"logID":"{{logId}}","logIndex":{{Before + index}}}""";
        var entry = JsonNode.Parse(promised)!.AsObject();
        entry["verification"] = new JsonObject
        {
            ["inclusionProof"] = new JsonObject
            {
                ["checkpoint"] = Checkpoint(_bodies.Count, root),
                ["hashes"] = new JsonArray([.. SlowTree.Path(index, _bodies).Select(hash => (JsonNode)Convert.ToHexStringLower(hash))]),
                ["logIndex"] = index,
                ["rootHash"] = Convert.ToHexStringLower(root),
                ["treeSize"] = _bodies.Count,
            },
            ["signedEntryTimestamp"] = Convert.ToBase64String(Sign(promised)),
        };
        Change?.Invoke(entry);
        return Encoding.UTF8.GetBytes(new JsonObject { [IdOf(index)] = entry }.ToJsonString());
    }

    private string IdOf(int index) => TreeId + Convert.ToHexStringLower(SlowTree.Root([_bodies[index]]));
}
