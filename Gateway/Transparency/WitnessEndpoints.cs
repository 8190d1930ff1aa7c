using System.Text;
using Granary.Gateway.Access;
using Granary.Gateway.Configuration;
using Granary.Gateway.Limits;
using Granary.Gateway.Protocol.Messages;
using Granary.Tenants;
using Granary.Vault.Keys;
using Granary.Vault.OutsideFiles;
using Granary.Vault.Transparency;

namespace Granary.Gateway.Transparency;

/// <summary>
/// This gateway as a witness of other logs, where it has a key for that: <c>/witness/add-checkpoint</c>, <c>/witness/HASH/checkpoint</c>, and
/// <c>/witness/vkey</c>. As the protocol has it, nobody authenticates: a log's signature is what lets a request in.
/// </summary>
internal sealed class WitnessEndpoints : IDisposable
{
    private const string Root = "/witness";
    private const int MaxFile = 1024 * 1024;

    private static readonly Principal Everybody = new(TenantId.Default, "witness", new HashSet<string>());

    private readonly RateLimits _limits;
    private readonly SigningKey? _key;
    private readonly WitnessRecords? _records;
    private readonly Witness? _witness;

    /// <exception cref="InvalidDataException">Key, logs or records cannot be used.</exception>
    public WitnessEndpoints(GatewayOptions options, RateLimits limits, TimeProvider time)
    {
        _limits = limits;
        if (options.WitnessKeyFile is not { } file)
            return;
        try
        {
            _key = KeyPem.ReadPrivate(WatchedFile.Read(file, "witness's key", MaxFile));
            _records = WitnessRecords.Open(options.WitnessFolder ?? Path.Combine(options.DataFolder, ".witness"));
            _witness = new Witness(options.WitnessName ?? "granary-witness", _key, ReadLogs(options.WitnessLogs), _records, time);
        }
        catch (Exception failure) when (failure is FormatException or IOException)
        {
            throw new InvalidDataException($"This gateway cannot be a witness: {failure.Message}", failure);
        }
    }

    public void Map(IEndpointRouteBuilder endpoints)
    {
        if (_witness is not { } witness)
            return;
        endpoints.MapPost($"{Root}/add-checkpoint", context => LimitedAsync(context, () => AddAsync(context, witness)));
        endpoints.MapGet($"{Root}/{{hash}}/checkpoint", context => LimitedAsync(context, () =>
            witness.Latest(context.Request.RouteValues["hash"] as string ?? "") is { } note
                ? WriteAsync(context, StatusCodes.Status200OK, Encoding.UTF8.GetString(note.Write()))
                : WriteAsync(context, StatusCodes.Status404NotFound, "This witness has signed no checkpoint of such a log.\n")));
        endpoints.MapGet($"{Root}/vkey", context => WriteAsync(context, StatusCodes.Status200OK, witness.Key + "\n"));
    }

    public void Dispose()
    {
        _records?.Dispose();
        _key?.Dispose();
    }

    private static async Task AddAsync(HttpContext context, Witness witness)
    {
        var body = new byte[SignedNote.MaxBytes + 1];
        var length = await context.Request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, context.RequestAborted);
        if (length == body.Length)
        {
            await WriteAsync(context, StatusCodes.Status413PayloadTooLarge, $"A request has at most {SignedNote.MaxBytes} bytes.\n");
            return;
        }
        // Checks, a record that is flushed: some milliseconds of a disk, for which no thread of the server may wait.
        var answer = await Task.Run(() => witness.Add(body.AsSpan(0, length)));
        await WriteAsync(context, answer.Status, answer.Text, answer.Status == StatusCodes.Status409Conflict ? "text/x.tlog.size" : null);
    }

    private static IReadOnlyList<NoteKey> ReadLogs(string? path) => path is null
        ? throw new FormatException("GRANARY_WITNESS_LOGS names no file of the logs' verifier keys.")
        :
        [
            .. Encoding.UTF8.GetString(WatchedFile.Read(path, "file of logs", MaxFile))
                .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Where(line => line[0] != '#')
                .Select(NoteKey.Parse),
        ];

    private static async Task WriteAsync(HttpContext context, int status, string text, string? type = null)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type ?? "text/plain; charset=utf-8";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text));
    }

    private async Task LimitedAsync(HttpContext context, Func<Task> serve)
    {
        try
        {
            await _limits.StrangerAsync(context, Everybody);
        }
        catch (RpcException refusal)
        {
            await WriteAsync(context, refusal.HttpStatus, refusal.Message + "\n");
            return;
        }
        await serve();
    }
}
