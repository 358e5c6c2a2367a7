/**
 * The demo plant as data (resources/demo/*.json): what it is called, what it makes and from what.
 * What happens in it is generated.
 */
export interface DemoDefinition {
  readonly company: CompanyDefinition;
  readonly products: ProductsDefinition;
  readonly quality: QualityDefinition;
  readonly people: PeopleDefinition;
  readonly planning: PlanningDefinition;
}

interface CompanyDefinition {
  readonly organization: { readonly code: string; readonly name: string; readonly gs1CompanyPrefix: string };
  readonly plants: readonly PlantDefinition[];
}

export interface PlantDefinition {
  readonly code: string;
  readonly name: string;
  readonly timeZone: string;
  /** Code of the label printer of its packing station. */
  readonly printer: string;
  readonly areas: readonly { readonly code: string; readonly name: string }[];
  readonly shifts: readonly {
    readonly code: string;
    readonly name: string;
    readonly startTime: string;
    readonly endTime: string;
    readonly weekdays: readonly number[];
  }[];
  readonly lanes: readonly {
    readonly code: string;
    readonly name: string;
    readonly area: string;
    readonly capacity?: number | undefined;
    readonly shifts: readonly string[];
    /** On a lane with room for several operations one machine for each, in that order. */
    readonly machines: readonly {
      readonly code: string;
      readonly name: string;
      readonly idealCycleMs: number;
    }[];
  }[];
  readonly closures: readonly {
    /** The whole plant where there is none. */
    readonly lane?: string | undefined;
    /** Days from today, in the plant's time zone. */
    readonly dayOffset: number;
    readonly startTime: string;
    readonly hours: number;
    readonly reason: string;
  }[];
}

interface RecipeLine {
  readonly component: string;
  /** In one unit of the parent. */
  readonly quantity: number;
  /** Operation that takes it. */
  readonly operation: number;
  /** Known for each serial number; otherwise for the lot. */
  readonly intoSerial?: boolean | undefined;
}

export interface MaterialDefinition {
  readonly code: string;
  readonly name: string;
  readonly plant: string;
  readonly kind: string;
  readonly unit: string;
  readonly serialised?: boolean | undefined;
  readonly serialPrefix?: string | undefined;
  readonly allergens?: readonly string[] | undefined;
  readonly shelfLifeDays?: number | undefined;
  readonly perCarton?: number | undefined;
  readonly packedAs?: string | undefined;
  /** Usual size of a delivery, for what is bought. */
  readonly lotSize?: number | undefined;
  readonly suppliers?: readonly string[] | undefined;
  readonly routing?: string | undefined;
  readonly recipe?: readonly RecipeLine[] | undefined;
}

export interface RoutingStep {
  readonly number: number;
  readonly name: string;
  /** Eligible lanes, the preferred one first. */
  readonly lanes: readonly string[];
  readonly setupS: number;
  readonly unitS: number;
}

interface ProductsDefinition {
  readonly materials: readonly MaterialDefinition[];
  readonly routings: readonly { readonly code: string; readonly steps: readonly RoutingStep[] }[];
  readonly demand: readonly {
    readonly material: string;
    readonly ordersPerWeek: number;
    /** Least and most of one order, in steps. */
    readonly quantity: readonly number[];
    readonly step: number;
    /** Orders of the product that one order of each part serves. */
    readonly ordersPerCampaign: number;
  }[];
}

export interface QualityDefinition {
  readonly characteristics: readonly {
    readonly materials: readonly string[];
    readonly operation: number;
    readonly code: string;
    readonly name: string;
    readonly unit: string;
    /** One for each material. */
    readonly nominals: readonly number[];
    /** From the nominal down to the lower limit; none if absent. */
    readonly below?: number | undefined;
    readonly above?: number | undefined;
    readonly decimals: number;
    readonly due: number;
  }[];
  readonly downtimeReasons: readonly {
    readonly code: string;
    readonly name: string;
    readonly planned: boolean;
  }[];
  readonly faults: readonly {
    readonly areas: readonly string[];
    readonly code: string;
    readonly name: string;
    readonly reason: string;
  }[];
  readonly notes: {
    readonly break: string;
    readonly endOfShift: string;
    readonly paused: readonly string[];
    readonly reprint: string;
  };
}

interface PeopleDefinition {
  /** The same for all demo people. */
  readonly password: string;
  readonly roles: readonly {
    readonly code: string;
    readonly name: string;
    readonly permissions: readonly string[];
  }[];
  /** Sign-ins; the first of `plants` is home. */
  readonly people: readonly {
    readonly login: string;
    readonly displayName: string;
    readonly role: string;
    readonly plants: readonly string[];
  }[];
  /** In the records only: they cannot sign in. */
  readonly operators: readonly {
    readonly login: string;
    readonly displayName: string;
    readonly plant: string;
  }[];
  readonly station: {
    readonly login: string;
    readonly displayName: string;
    readonly stationCode: string;
    readonly role: string;
  };
  readonly customers: readonly {
    readonly plant: string;
    readonly name: string;
    readonly destination: string;
  }[];
}

export interface PlanningDefinition {
  /** How much longer an operation takes on a lane that is not its first choice. */
  readonly secondChoice: number;
  readonly families: readonly {
    readonly plant: string;
    readonly code: string;
    readonly name: string;
    readonly of: readonly { readonly material: string; readonly operations: readonly number[] }[];
  }[];
  /** Set-up from one family to another; from any other where none is named, on every lane likewise. */
  readonly changes: readonly {
    readonly plant: string;
    readonly lane?: string | undefined;
    readonly from?: string | undefined;
    readonly to: string;
    readonly minutes: number;
    readonly cost: number;
    readonly currency: string;
  }[];
  /** Waits between operations of a routing: paint that dries, solder that cools. */
  readonly lags: readonly {
    readonly routing: string;
    readonly from: number;
    readonly to: number;
    readonly minutes: number;
  }[];
  /** Components that are kept in stock, and of which there is not enough for all that is planned. */
  readonly stock: readonly {
    readonly material: string;
    readonly supplier: string;
    readonly order: string;
    /** What the next delivery brings beside what is planned; without it nobody has promised what the last orders take. */
    readonly spare?: number | undefined;
  }[];
  readonly versionName: string;
  readonly publishReason: string;
}
