using Granary.Instana.Client;
using Granary.Instana.Connections;
using Granary.Instana.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Tenants.Instana;

/// <summary>
/// Makes the activations of a process's Instana connections. They share its sockets and nothing else; dispose it after the last
/// of them.
/// </summary>
public sealed class InstanaActivationFactory : IDisposable
{
    private readonly InstanaOptions _options;
    private readonly InstanaTransport _transport;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <summary>Opens the transport.</summary>
    /// <exception cref="ArgumentException">The CA bundle cannot be used; the message is a sentence for the operator.</exception>
    public InstanaActivationFactory(InstanaOptions options, TimeProvider time, ILoggerFactory? loggers = null)
    {
        if (!InstanaTransport.TryCreate(options, out var transport, out var problem))
            throw new ArgumentException(problem, nameof(options));
        _options = options;
        _transport = transport;
        _time = time;
        _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<InstanaActivation>();
    }

    /// <summary>Makes one activation; no call is made. Fits <c>Func&lt;TenantId, InstanaConnection, IInstana&gt;</c>.</summary>
    /// <exception cref="TenantException">The connection is not allowed here: a silo checks again what a gateway let through.</exception>
    public IInstana Create(TenantId tenant, InstanaConnection connection)
    {
        if (!InstanaConnection.TryCreate(connection.BaseUrl.OriginalString, connection.Credential, _options, out var valid, out var problem))
            throw new TenantException(TenantFailure.InvalidInput, problem);
        return new InstanaActivation(tenant, new InstanaClient(valid, _options, _transport, _time), _options, _time, _logger);
    }

    /// <inheritdoc />
    public void Dispose() => _transport.Dispose();
}
