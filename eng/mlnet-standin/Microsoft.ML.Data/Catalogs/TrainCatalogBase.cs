using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>What a kind of task offers.</summary>
public abstract class TrainCatalogBase : IInternalCatalog
{
    private readonly IHostEnvironment _env;

    private protected TrainCatalogBase(IHostEnvironment env, string registrationName) => _env = env.Register(registrationName);

    IHostEnvironment IInternalCatalog.Environment => _env;

    private protected IHostEnvironment Environment => _env;

    /// <summary>What trainers' extension methods hang on.</summary>
    public abstract class CatalogInstantiatorBase : IInternalCatalog
    {
        private readonly TrainCatalogBase _owner;

        private protected CatalogInstantiatorBase(TrainCatalogBase catalog) => _owner = catalog;

        IHostEnvironment IInternalCatalog.Environment => _owner._env;
    }
}
