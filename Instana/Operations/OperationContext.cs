using System.Text.Json.Nodes;
using Granary.Instana.Client;
using Granary.Instana.Http;
using Granary.Instana.Params;
using Granary.Instana.Time;

namespace Granary.Instana.Operations;

/// <summary>What carries an operation out.</summary>
/// <param name="Row">Its row.</param>
/// <param name="Client">The connection.</param>
/// <param name="Scope">What its requests share.</param>
/// <param name="Params">Its parameters, checked.</param>
/// <param name="From">Where to go on; null at the start.</param>
internal sealed record OperationContext(InstanaOperationDefinition Row, InstanaClient Client, CallScope Scope, BoundParams Params, AnswerCursor? From)
{
    public DateTimeOffset Now => Client.Time.GetUtcNow();

    public TimeWindow? Window => Params.Window;

    public Task<InstanaReply> SendAsync(InstanaRequest request, CancellationToken cancellation) => Client.SendAsync(request, Scope, cancellation);

    /// <summary>The row's own request.</summary>
    public InstanaRequest Request() => RequestBuilder.Build(Row, Params, From?.Page);

    /// <summary>Whether the row's own request reads a catalog, which is kept.</summary>
    public bool IsCatalog => Row.ReadOnly && Row.Method == "GET" && Row.Path.Contains("/catalog", StringComparison.Ordinal);

    /// <summary>Sends the row's own request.</summary>
    public Task<InstanaReply> SendAsync(CancellationToken cancellation)
    {
        var request = Request();
        return IsCatalog
            ? Client.SendCachedAsync(request, Scope, cancellation)
            : SendAsync(request, cancellation);
    }
}

/// <summary>Carries out the operations that are more than one request passed on.</summary>
internal delegate Task<Answer> OperationHandler(OperationContext context, CancellationToken cancellation);

/// <summary>What came of an operation, before it is cut to size.</summary>
internal sealed record Answer
{
    /// <summary>What failed; null when nothing did.</summary>
    public InstanaResult? Failure { get; init; }

    /// <summary>The results: an object, which may have a list that can be cut.</summary>
    public JsonObject Results { get; init; } = [];

    /// <summary>The name of that list; null for none.</summary>
    public string? ListName { get; init; }

    /// <summary>The cursor after so many items of the list; null when there is nothing after them.</summary>
    public Func<int, AnswerCursor?>? Next { get; init; }

    /// <summary>How many items there are in all, where it is known.</summary>
    public long? Total { get; init; }

    /// <summary>Called when fewer items are shown than there are, with the number that is.</summary>
    public Action<JsonObject, int>? Cut { get; init; }

    public static Answer Failed(InstanaOperationDefinition row, InstanaFailure failure) => new() { Failure = AnswerEnvelope.Failed(row, failure) };
}
